import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'

/** A whole blob as text. */
export async function downloadText(
  blobUrl: string,
  credential: TokenCredential,
  container: string,
  name: string,
): Promise<string> {
  const service = new BlobServiceClient(blobUrl, credential)
  return (
    await service.getContainerClient(container).getBlobClient(name).downloadToBuffer()
  ).toString()
}
