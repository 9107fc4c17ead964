// A condition on the role of a reader of the view: which files the reader can read.
// learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples

var read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
var path = '@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]'

@export()
@description('Only files of these enrollments, in any format and dataset. Listing is not restricted, because tools list from the root.')
func onlyFilesOf(enrollments string[]) string =>
  '((!(ActionMatches{\'${read}\'} AND NOT SubOperationMatches{\'Blob.List\'})) OR (${pathsOf(enrollments)}))'

// Tools also read folders: those above the enrollments, and the enrollments' own.
func pathsOf(enrollments string[]) string =>
  join(
    concat(['${path} StringNotLike \'*enrollment=*\''], flatten(map(enrollments, enrollment => patternsOf(enrollment)))),
    ' OR '
  )

func patternsOf(enrollment string) string[] => [
  '${path} StringLike \'*/enrollment=${enrollment}\''
  '${path} StringLike \'*/enrollment=${enrollment}/*\''
]
