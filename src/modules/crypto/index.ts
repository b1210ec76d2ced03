import type { Catalogue } from '../../sdk/module.ts'
import { openssl_csr } from './openssl_csr/index.ts'
import { openssl_dhparam } from './openssl_dhparam.ts'
import { openssl_privatekey } from './openssl_privatekey/index.ts'
import { x509_certificate } from './x509_certificate/index.ts'

export const crypto: Catalogue = { openssl_csr, openssl_dhparam, openssl_privatekey, x509_certificate }
