import type { Module } from './module.ts'

/** Every module by its name. */
export const modules: Readonly<Record<string, Module>> = {}
