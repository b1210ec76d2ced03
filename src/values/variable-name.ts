/** Whether a text can be the name of a variable: letters, digits and _, no digit first. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}
