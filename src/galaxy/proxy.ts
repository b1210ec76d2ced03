import type { Agent } from 'node:http'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'

/** The way to an address through the proxy that the environment names for it (https_proxy, no_proxy, ...); undefined: none. */
export function proxyFor(address: URL): Agent | undefined {
  const proxy = getProxyForUrl(address.href)
  if (proxy === '') return undefined
  return address.protocol === 'https:' ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy)
}
