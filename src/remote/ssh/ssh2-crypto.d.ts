// Ciphers of ssh2, which it uses itself and does not declare.
declare module 'ssh2/lib/protocol/crypto.js' {
  /** By SSH's names. */
  export const CIPHER_INFO: Readonly<Record<string, { readonly sslName: string }>>
  export function createCipher(config: { readonly outbound: object }): never
  export function createDecipher(config: { readonly inbound: object }): never
}
