// A condition on the role of a reader of the view: which files it opens.
// learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples

var read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
var path = '@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]'

@export()
@description('Files of these enrollments alone, in whatever format and dataset. Lists are left alone: tools list from the root.')
func onlyFilesOf(enrollments string[]) string =>
  '((!(ActionMatches{\'${read}\'} AND NOT SubOperationMatches{\'Blob.List\'})) OR (${pathsOf(enrollments)}))'

// A tool asks for folders as well: those above the enrollments, and the enrollments' own.
func pathsOf(enrollments string[]) string =>
  join(
    concat(['${path} StringNotLike \'*enrollment=*\''], flatten(map(enrollments, enrollment => patternsOf(enrollment)))),
    ' OR '
  )

func patternsOf(enrollment string) string[] => [
  '${path} StringLike \'*/enrollment=${enrollment}\''
  '${path} StringLike \'*/enrollment=${enrollment}/*\''
]
