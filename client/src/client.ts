export {
  type Answer,
  ArchiveClient,
  type CallOptions,
  type ClientOptions,
  type Item,
  type OperationName,
  type PagedOperationName,
  type Params,
} from './archive-client.ts'
export { ArchiveApiError } from './errors.ts'
export * from './operations.ts'
