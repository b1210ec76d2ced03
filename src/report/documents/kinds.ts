/** Endings of reports that are files: each says what is written. */
export const REPORT_KINDS = ['html', 'xml', 'json', 'jsonl', 'md'] as const

export type ReportKind = (typeof REPORT_KINDS)[number]

/** What a report is by the ending of its name; undefined for others. */
export function kindOf(path: string): ReportKind | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  return REPORT_KINDS.find((kind) => kind === ending)
}
