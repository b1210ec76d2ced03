import type { Backend } from './backend.ts'
import { ifupdown } from './ifupdown.ts'
import { netplan } from './netplan.ts'
import { networkd } from './networkd.ts'

export type BackendName = 'ifupdown' | 'networkd' | 'netplan'

export const BACKENDS: Readonly<Record<BackendName, Backend>> = { ifupdown, networkd, netplan }
