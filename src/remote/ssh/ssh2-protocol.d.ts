// What ssh2 uses itself and does not declare.
declare module 'ssh2/lib/protocol/crypto.js' {
  const ciphers: {
    /** By SSH's names. */
    readonly CIPHER_INFO: Readonly<Record<string, { readonly sslName: string }>>
    createCipher(config: { readonly outbound: object }): never
    createDecipher(config: { readonly inbound: object }): never
  }
  export default ciphers
}
