// A condition on the role of a reader of the view: which files it opens.
// learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples

var read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
var path = '@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]'

@export()
@description('Files of these enrollments alone, in whatever format and dataset. Lists are left alone: tools list from the root.')
func onlyFilesOf(enrollments string[]) string =>
  '((!(ActionMatches{\'${read}\'} AND NOT SubOperationMatches{\'Blob.List\'})) OR (${pathsOf(enrollments)}))'

func pathsOf(enrollments string[]) string =>
  join(map(enrollments, enrollment => '${path} StringLike \'*/enrollment=${enrollment}/*\''), ' OR ')
