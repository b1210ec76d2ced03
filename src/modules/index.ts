import type { Module } from '../sdk/module.ts'
import { authorized_key } from './accounts/authorized_key/index.ts'
import { group } from './accounts/group.ts'
import { user } from './accounts/user/index.ts'
import { command } from './commands/command.ts'
import { raw } from './commands/raw.ts'
import { script } from './commands/script.ts'
import { shell } from './commands/shell.ts'
import { assert } from './control/assert.ts'
import { debug } from './control/debug.ts'
import { fail } from './control/fail.ts'
import { ping } from './control/ping.ts'
import { set_fact } from './control/set_fact.ts'
import { wait_for } from './control/wait_for/index.ts'
import { wait_for_connection } from './control/wait_for_connection.ts'
import { blockinfile } from './files/blockinfile.ts'
import { copy } from './files/copy.ts'
import { fetch } from './files/fetch.ts'
import { file } from './files/file/index.ts'
import { lineinfile } from './files/lineinfile.ts'
import { slurp } from './files/slurp.ts'
import { stat } from './files/stat.ts'
import { template } from './files/template.ts'
import { address } from './network/address/index.ts'
import { link } from './network/link/index.ts'
import { mobility_facts } from './network/mobility_facts.ts'
import { neighbor } from './network/neighbor.ts'
import { route } from './network/route/index.ts'
import { rule } from './network/rule/index.ts'
import { tunnel } from './network/tunnel.ts'
import { apt } from './packages/apt/index.ts'
import { pkg } from './packages/package.ts'
import { service } from './services/service.ts'
import { systemd } from './services/systemd.ts'
import { hostname } from './system/hostname.ts'
import { modprobe } from './system/modprobe.ts'
import { setup } from './system/setup/index.ts'
import { sysctl } from './system/sysctl.ts'
import { xen_domain } from './xen/xen_domain/index.ts'
import { xen_image } from './xen/xen_image/index.ts'
import { xen_vif } from './xen/xen_vif.ts'

/** Every module by its name. */
export const modules: Readonly<Record<string, Module>> = {
  address,
  apt,
  assert,
  authorized_key,
  blockinfile,
  command,
  copy,
  debug,
  fail,
  fetch,
  file,
  group,
  hostname,
  lineinfile,
  link,
  mobility_facts,
  modprobe,
  neighbor,
  package: pkg,
  ping,
  raw,
  route,
  rule,
  script,
  service,
  set_fact,
  setup,
  shell,
  slurp,
  stat,
  sysctl,
  systemd,
  systemd_service: systemd,
  template,
  tunnel,
  user,
  wait_for,
  wait_for_connection,
  xen_domain,
  xen_vif,
  xen_image,
}
