/** The lines around a block, as they are by default. */
export const BEGIN = '# BEGIN ANSIBLE MANAGED BLOCK\n'
export const END = '# END ANSIBLE MANAGED BLOCK\n'
