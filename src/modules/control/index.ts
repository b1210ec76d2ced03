import type { Catalogue } from '../../sdk/module.ts'
import { assert } from './assert.ts'
import { debug } from './debug.ts'
import { fail } from './fail.ts'
import { include_vars } from './include_vars.ts'
import { ping } from './ping.ts'
import { set_fact } from './set_fact.ts'
import { wait_for } from './wait_for/index.ts'
import { wait_for_connection } from './wait_for_connection.ts'

export const control: Catalogue = {
  assert,
  debug,
  fail,
  include_vars,
  ping,
  set_fact,
  wait_for,
  wait_for_connection,
}
