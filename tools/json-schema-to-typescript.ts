export { compile, type JSONSchema } from 'json-schema-to-typescript'
