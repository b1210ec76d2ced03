import type { Catalogue } from '../../sdk/module.ts'
import { add_host } from './add_host.ts'
import { assert } from './assert.ts'
import { debug } from './debug.ts'
import { fail } from './fail.ts'
import { group_by } from './group_by.ts'
import { include_vars } from './include_vars.ts'
import { pause } from './pause.ts'
import { ping } from './ping.ts'
import { set_fact } from './set_fact.ts'
import { set_stats } from './set_stats.ts'
import { wait_for } from './wait_for/index.ts'
import { wait_for_connection } from './wait_for_connection.ts'

export const control: Catalogue = {
  add_host,
  assert,
  debug,
  fail,
  group_by,
  include_vars,
  pause,
  ping,
  set_fact,
  set_stats,
  wait_for,
  wait_for_connection,
}
