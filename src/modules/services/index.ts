import type { Catalogue } from '../../sdk/module.ts'
import { service } from './service.ts'
import { service_facts } from './service_facts.ts'
import { systemd } from './systemd.ts'
import { sysvinit } from './sysvinit.ts'

export const services: Catalogue = {
  service,
  service_facts,
  systemd,
  systemd_service: systemd,
  sysvinit,
}
