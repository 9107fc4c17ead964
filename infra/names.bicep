// Resource names, made from the deployment's name: azd allows up to 64 letters, digits and - _ . ( ), in any case.
// Rules: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules

func bare(name string) string =>
  replace(replace(replace(replace(replace(toLower(name), '-', ''), '_', ''), '.', ''), '(', ''), ')', '')

@export()
@description('Up to ten lower-case letters and digits of a name, starting with a letter.')
func shortName(name string) string => empty(bare(name)) ? 'billing' : take(startsWithLetter(bare(name)), 10)

func startsWithLetter(text string) string =>
  contains('abcdefghijklmnopqrstuvwxyz', substring(text, 0, 1)) ? text : 'b${text}'

@export()
@description('A storage account: 3 to 24 lower-case letters and digits. kind: at most four letters; suffix: 13.')
func storageName(name string, kind string, suffix string) string => '${take(shortName(name), 7)}${kind}${suffix}'

@export()
@description('A vault: 3 to 24 letters, digits and single hyphens, starting with a letter and not ending with a hyphen.')
func vaultName(name string, suffix string) string => 'kv-${take(shortName(name), 6)}-${suffix}'

@export()
@description('The function app: 2 to 60 letters, digits and hyphens, unique in Azure.')
func appName(name string, suffix string) string => 'func-${shortName(name)}-${suffix}'

@export()
@description('The resource group: at most 90 letters, digits and - _ ( ), not ending with a period.')
func groupName(name string) string => 'rg-${replace(name, '.', '-')}'

@export()
@description('A name that only has to be unique in its group.')
func localName(kind string, name string) string => '${kind}-${shortName(name)}'
