import type { Catalogue } from '../../sdk/module.ts'
import { alternatives } from './alternatives/index.ts'
import { cron } from './cron/index.ts'
import { filesystem } from './filesystem/index.ts'
import { getent } from './getent.ts'
import { hostname } from './hostname.ts'
import { locale_gen } from './locale_gen.ts'
import { lvg } from './lvg.ts'
import { lvol } from './lvol/index.ts'
import { modprobe } from './modprobe.ts'
import { mount } from './mount/index.ts'
import { pam_limits } from './pam_limits.ts'
import { pamd } from './pamd/index.ts'
import { parted } from './parted/index.ts'
import { seboolean } from './seboolean.ts'
import { sefcontext } from './sefcontext.ts'
import { selinux } from './selinux.ts'
import { selinux_permissive } from './selinux_permissive.ts'
import { seport } from './seport.ts'
import { setup } from './setup/index.ts'
import { sysctl } from './sysctl.ts'
import { sysfs } from './sysfs.ts'
import { timezone } from './timezone.ts'

export const system: Catalogue = {
  alternatives,
  filesystem,
  getent,
  cron,
  hostname,
  locale_gen,
  lvg,
  lvol,
  modprobe,
  mount,
  pam_limits,
  pamd,
  parted,
  seboolean,
  sefcontext,
  selinux,
  selinux_permissive,
  seport,
  setup,
  gather_facts: setup,
  sysctl,
  sysfs,
  timezone,
}
