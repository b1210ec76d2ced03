import type { Catalogue } from '../../sdk/module.ts'
import { openssl_dhparam } from './openssl_dhparam.ts'
import { openssl_privatekey } from './openssl_privatekey/index.ts'

export const crypto: Catalogue = { openssl_dhparam, openssl_privatekey }
