/** What LVM takes for a name of a group, and of a volume. */
export function isGroupName(name: string): boolean {
  return /^(?!\.{1,2}$)[A-Za-z0-9_.+][A-Za-z0-9_.+-]*$/.test(name)
}
