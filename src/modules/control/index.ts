import type { Catalogue } from '../../sdk/module.ts'
import { add_host } from './add_host.ts'
import { assert } from './assert.ts'
import { async_status } from './async_status.ts'
import { debug } from './debug.ts'
import { fail } from './fail.ts'
import { group_by } from './group_by.ts'
import { include_vars } from './include_vars.ts'
import { pause } from './pause.ts'
import { ping } from './ping.ts'
import { reboot } from './reboot.ts'
import { set_fact } from './set_fact.ts'
import { set_stats } from './set_stats.ts'
import { validate_argument_spec } from './validate_argument_spec.ts'
import { wait_for } from './wait_for/index.ts'
import { wait_for_connection } from './wait_for_connection.ts'

export const control: Catalogue = {
  add_host,
  assert,
  async_status,
  debug,
  fail,
  group_by,
  include_vars,
  pause,
  ping,
  reboot,
  set_fact,
  set_stats,
  validate_argument_spec,
  wait_for,
  wait_for_connection,
}
