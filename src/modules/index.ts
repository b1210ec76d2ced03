import { address } from './address.ts'
import { apt } from './apt.ts'
import { assert } from './assert.ts'
import { authorized_key } from './authorized_key.ts'
import { blockinfile } from './blockinfile.ts'
import { command } from './command.ts'
import { copy } from './copy.ts'
import { debug } from './debug.ts'
import { fail } from './fail.ts'
import { fetch } from './fetch.ts'
import { file } from './file.ts'
import { group } from './group.ts'
import { hostname } from './hostname.ts'
import { lineinfile } from './lineinfile.ts'
import { link } from './link.ts'
import { mobility_facts } from './mobility_facts.ts'
import { modprobe } from './modprobe.ts'
import type { Module } from './module.ts'
import { neighbor } from './neighbor.ts'
import { pkg } from './package.ts'
import { ping } from './ping.ts'
import { raw } from './raw.ts'
import { route } from './route.ts'
import { rule } from './rule.ts'
import { script } from './script.ts'
import { service } from './service.ts'
import { set_fact } from './set_fact.ts'
import { setup } from './setup.ts'
import { shell } from './shell.ts'
import { slurp } from './slurp.ts'
import { stat } from './stat.ts'
import { sysctl } from './sysctl.ts'
import { systemd } from './systemd.ts'
import { template } from './template.ts'
import { tunnel } from './tunnel.ts'
import { user } from './user.ts'
import { wait_for } from './wait_for.ts'
import { wait_for_connection } from './wait_for_connection.ts'
import { xen_domain } from './xen_domain.ts'
import { xen_image } from './xen_image.ts'
import { xen_vif } from './xen_vif.ts'

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
