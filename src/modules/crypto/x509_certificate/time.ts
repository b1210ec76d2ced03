const RELATIVE = /^([+-])(?=\d)(?:(\d{1,6})w)?(?:(\d{1,7})d)?(?:(\d{1,8})h)?(?:(\d{1,9})m)?(?:(\d{1,11})s)?$/
const ABSOLUTE = /^\d{12}(\d{2})?Z$/
const SECONDS = [604_800, 86_400, 3600, 60, 1]

export function isTime(text: string): boolean {
  return RELATIVE.test(text) || ABSOLUTE.test(text)
}

/** Sh that prints a time as openssl takes it; one that counts from now counts from `$now`, in seconds since 1970. */
export function timeScript(text: string): string {
  const seconds = secondsFromNow(text)
  if (seconds === undefined) return `printf %s ${absolute(text)}`
  return `date -u -d @$((now + ${seconds})) +%Y%m%d%H%M%SZ`
}

/** With seconds, in which openssl insists. */
export function absolute(text: string): string {
  return text.length === 13 ? text.replace('Z', '00Z') : text
}

/** Undefined for a time that is told as such. */
export function secondsFromNow(text: string): number | undefined {
  const [, sign, ...counts] = RELATIVE.exec(text) ?? []
  if (sign === undefined) return undefined
  const all = counts.reduce((sum, count, at) => sum + Number(count ?? 0) * SECONDS[at]!, 0)
  return sign === '-' ? -all : all
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "Nov 29 13:37:18 2026 GMT" as 20261129133718Z. Raises an Error for anything else. */
export function printedTime(text: string): string {
  const [, month, day, hour, minute, second, year] =
    /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT$/.exec(text) ?? []
  const at = MONTHS.indexOf(month ?? '')
  if (at === -1) throw new Error(`openssl on the host printed the time "${text}", which makes no sense`)
  const two = (value: string | number) => String(value).padStart(2, '0')
  return `${year}${two(at + 1)}${two(day!)}${hour}${minute}${second}Z`
}
