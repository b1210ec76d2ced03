export function fromJinja(text: string): string | undefined {
  return undefined
}
export function fromJinjaStatement(keyword: string, rest: string): string | undefined {
  return undefined
}
