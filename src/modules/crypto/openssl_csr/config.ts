import { isIPv6 } from 'node:net'
import { isMap, type Value } from '../../../values/value.ts'
import { type Args, otherNames, subjectOf } from './options.ts'

/** A configuration of openssl: sections by their names, each of lines. */
class Config {
  readonly #sections: [name: string, lines: string[]][] = []

  section(name: string, lines: string[] = []): string[] {
    this.#sections.push([name, lines])
    return lines
  }

  /** A name that no section has yet. */
  fresh(name: string): string {
    return `${name}${this.#sections.length}`
  }

  text(): string {
    return this.#sections.map(([name, lines]) => [`[${name}]`, ...lines, ''].join('\n')).join('')
  }
}

/** A value as openssl reads it to be this text. */
function escaped(text: string): string {
  const plain = text.replace(/[\\$#"'`;]/g, '\\$&')
  return /^\s|\s$/.test(text) ? plain.replace(/^\s|\s$/g, '"$&"') : plain
}

const isTrue = (critical: boolean) => (critical ? 'critical,' : '')

/** The configuration that openssl makes the request of. */
export function configOf(args: Args): string {
  const config = new Config()
  config.section('req', [
    'distinguished_name = dn',
    'prompt = no',
    'string_mask = utf8only',
    'utf8 = yes',
    'req_extensions = ext',
  ])
  config.section(
    'dn',
    subjectOf(args).map(([name, value], at) => `${at}.${name} = ${escaped(value)}`),
  )
  const extensions = extensionsOf(args, config)
  if (extensions.length > 0) config.section('ext', extensions)
  return config.text().replace(extensions.length > 0 ? '' : 'req_extensions = ext\n', '')
}

function extensionsOf(args: Args, config: Config): string[] {
  const lines: string[] = []
  const add = (name: string, critical: boolean, value: string) =>
    lines.push(`${name} = ${isTrue(critical)}${value}`)
  const others = otherNames(args) ?? []
  if (others.length > 0) {
    namesSection('san', others, config)
    add('subjectAltName', args.subject_alt_name_critical, '@san')
  }
  if (args.key_usage?.length) add('keyUsage', args.key_usage_critical, args.key_usage.map(usage).join(','))
  if (args.extended_key_usage?.length)
    add('extendedKeyUsage', args.extended_key_usage_critical, args.extended_key_usage.join(','))
  if (args.basic_constraints?.length)
    add('basicConstraints', args.basic_constraints_critical, args.basic_constraints.join(','))
  if (args.ocsp_must_staple) add('tlsfeature', args.ocsp_must_staple_critical, 'status_request')
  const constraints = [
    ...generalNames('permitted;', args.name_constraints_permitted ?? [], config),
    ...generalNames('excluded;', args.name_constraints_excluded ?? [], config),
  ]
  if (constraints.length > 0) {
    config.section('constraints', constraints)
    add('nameConstraints', args.name_constraints_critical, '@constraints')
  }
  if (args.create_subject_key_identifier) add('subjectKeyIdentifier', false, 'hash')
  else if (args.subject_key_identifier !== undefined)
    add('subjectKeyIdentifier', false, colons(args.subject_key_identifier))
  if (authority(args, config)) add('authorityKeyIdentifier', false, 'ASN1:SEQUENCE:authority')
  const points = (args.crl_distribution_points ?? []).map((point, at) =>
    distribution(point, `point${at}`, config),
  )
  if (points.length > 0) add('crlDistributionPoints', false, points.join(','))
  return lines
}

function colons(hex: string): string {
  return hex.replaceAll(':', '').replace(/..(?=.)/g, '$&:')
}

/** Names of Ansible's that openssl has otherwise. */
function usage(name: string): string {
  return /^content ?commitment$/i.test(name) ? 'nonRepudiation' : name
}

function namesSection(section: string, names: readonly string[], config: Config): void {
  config.section(section, generalNames('', names, config))
}

function generalNames(prefix: string, names: readonly string[], config: Config): string[] {
  return names.map((name, at) => {
    const split = name.indexOf(':')
    const kind = name.slice(0, split)
    const value = name.slice(split + 1)
    if (kind === 'dirName') {
      const section = config.fresh('directory')
      config.section(section, directoryName(value))
      return `${prefix}dirName.${at} = ${section}`
    }
    return `${prefix}${kind}.${at} = ${escaped(kind === 'IP' ? netmask(value) : value)}`
  })
}

/** "/O=b/CN=a", or from the other end "CN=a,O=b" (RFC 4514), as lines of a section. */
function directoryName(text: string): string[] {
  const parts = text.startsWith('/') ? text.slice(1).split('/') : text.split(',').reverse()
  return parts.map((part, at) => {
    const [, name = '', value = ''] = /^\s*([^=]*)=(.*)$/s.exec(part) ?? []
    return `${at}.${name.trim()} = ${escaped(value)}`
  })
}

/** A network with the mask that openssl wants to have instead of a number of bits. */
function netmask(text: string): string {
  const [, address, bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  if (address === undefined) return text
  const isLong = isIPv6(address)
  const all = '1'.repeat(Number(bits)).padEnd(isLong ? 128 : 32, '0')
  const parts = all.match(isLong ? /.{16}/g : /.{8}/g)!.map((part) => Number.parseInt(part, 2))
  return `${address}/${isLong ? parts.map((part) => part.toString(16)).join(':') : parts.join('.')}`
}

const TAGS: Readonly<Record<string, string>> = {
  email: 'IMPLICIT:1,IA5STRING',
  DNS: 'IMPLICIT:2,IA5STRING',
  URI: 'IMPLICIT:6,IA5STRING',
  RID: 'IMPLICIT:8,OID',
}

/** The identifier of the authority's key, which openssl makes of a certificate only, if it is not put together so. */
function authority(args: Args, config: Config): boolean {
  const { authority_key_identifier: key, authority_cert_issuer: issuer } = args
  if (key === undefined && issuer === undefined) return false
  const lines = config.section('authority')
  if (key !== undefined) lines.push(`key = IMPLICIT:0,FORMAT:HEX,OCTETSTRING:${key.replaceAll(':', '')}`)
  if (issuer === undefined) return true
  lines.push(
    'issuer = IMPLICIT:1,SEQUENCE:issuer',
    `serial = IMPLICIT:2,INTEGER:${args.authority_cert_serial_number}`,
  )
  const names = config.section('issuer')
  for (const [at, name] of issuer.entries()) {
    const split = name.indexOf(':')
    names.push(`n${at} = ${TAGS[name.slice(0, split)]}:${escaped(name.slice(split + 1))}`)
  }
  return true
}

/** Names of authorities that cannot be put together. */
export function isUnknownIssuer(name: string): boolean {
  return !Object.hasOwn(TAGS, name.slice(0, name.indexOf(':')))
}

const REASONS: Readonly<Record<string, string>> = {
  key_compromise: 'keyCompromise',
  ca_compromise: 'CACompromise',
  affiliation_changed: 'affiliationChanged',
  superseded: 'superseded',
  cessation_of_operation: 'cessationOfOperation',
  certificate_hold: 'certificateHold',
  privilege_withdrawn: 'privilegeWithdrawn',
  aa_compromise: 'AACompromise',
}

function distribution(point: Value, section: string, config: Config): string {
  const given = isMap(point) ? point : {}
  const list = (name: string) => [given[name] ?? []].flat().map(String)
  const lines: string[] = []
  if (list('full_name').length > 0) {
    namesSection(`${section}name`, list('full_name'), config)
    lines.push(`fullname = @${section}name`)
  }
  if (list('relative_name').length > 0) {
    config.section(`${section}relative`, list('relative_name').flatMap(directoryName))
    lines.push(`relativename = ${section}relative`)
  }
  if (list('crl_issuer').length > 0) {
    namesSection(`${section}issuer`, list('crl_issuer'), config)
    lines.push(`CRLissuer = @${section}issuer`)
  }
  if (list('reasons').length > 0)
    lines.push(
      `reasons = ${list('reasons')
        .map((one) => REASONS[one] ?? one)
        .join(',')}`,
    )
  config.section(section, lines)
  return section
}

/** What is wrong with a place of lists of revoked certificates. */
export function pointProblems(points: readonly Value[]): string[] {
  return points.flatMap((point, at): string[] => {
    const where = `crl_distribution_points: number ${at + 1}`
    if (!isMap(point)) return [`${where} is no map`]
    const known = ['full_name', 'relative_name', 'crl_issuer', 'reasons']
    const unknown = Object.keys(point).find((name) => !known.includes(name))
    if (unknown !== undefined) return [`${where} takes ${known.join(', ')}, and not ${unknown}`]
    if (point.full_name && point.relative_name)
      return [`${where}: full_name and relative_name exclude each other`]
    if (!point.full_name && !point.relative_name && !point.crl_issuer)
      return [`${where} needs full_name, relative_name or crl_issuer`]
    const reason = [point.reasons ?? []].flat().find((one) => !Object.hasOwn(REASONS, String(one)))
    const text = Object.values(point).flat().map(String)
    if (text.some((one) => /[\r\n]/.test(one))) return [`${where} has more than one line`]
    return reason === undefined ? [] : [`${where}: "${reason}" is none of ${Object.keys(REASONS).join(', ')}`]
  })
}
