// Names of resources, made of whatever a deployment is called: azd allows letters, digits and - _ . ( ), in any case, up to 64.
// Rules: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules

func bare(name string) string =>
  replace(replace(replace(replace(replace(toLower(name), '-', ''), '_', ''), '.', ''), '(', ''), ')', '')

@export()
@description('Lower-case letters and digits of a name, at most ten, with a letter first.')
func shortName(name string) string => empty(bare(name)) ? 'billing' : take(startsWithLetter(bare(name)), 10)

func startsWithLetter(text string) string =>
  contains('abcdefghijklmnopqrstuvwxyz', substring(text, 0, 1)) ? text : 'b${text}'

@export()
@description('A storage account: 3 to 24 lower-case letters and digits. kind: at most four letters; suffix: 13.')
func storageName(name string, kind string, suffix string) string => '${take(shortName(name), 7)}${kind}${suffix}'

@export()
@description('A vault: 3 to 24 letters, digits and single hyphens, a letter first and no hyphen last.')
func vaultName(name string, suffix string) string => 'kv-${take(shortName(name), 6)}-${suffix}'

@export()
@description('The function app: 2 to 60 letters, digits and hyphens, unique in Azure.')
func appName(name string, suffix string) string => 'func-${shortName(name)}-${suffix}'

@export()
@description('The resource group: 90 letters, digits and - _ ( ) at most; no period last.')
func groupName(name string) string => 'rg-${replace(name, '.', '-')}'

@export()
@description('Anything that is unique in its group.')
func localName(kind string, name string) string => '${kind}-${shortName(name)}'
