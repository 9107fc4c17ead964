const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** True for the text of a JSON number. */
export function isNumberText(text: string): boolean {
  return NUMBER.test(text)
}
