import type { Catalogue } from '../../sdk/module.ts'
import { service } from './service.ts'
import { systemd } from './systemd.ts'

export const services: Catalogue = {
  service,
  systemd,
  systemd_service: systemd,
}
