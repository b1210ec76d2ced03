import { runCommand } from './playbook.ts'

process.exitCode = await runCommand(process.argv.slice(2))
