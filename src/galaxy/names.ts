const COLLECTION = /^[a-z]\w*\.[a-z]\w*$/

/** Whether it is the name of a collection, as Galaxy takes them: "namespace.name" in lower case. */
export function isCollectionName(name: string): boolean {
  return COLLECTION.test(name)
}

/** Whether a folder of a role may be called so. */
export function isRoleName(name: string): boolean {
  return /^[A-Za-z\d_][\w.+-]*$/.test(name)
}

/** The user and the role that a name on a Galaxy server means; undefined when it is none. */
export function splitRoleName(name: string): { user: string; role: string } | undefined {
  const [, user, role] = /^([\w.-]+)\.([\w-]+)$/.exec(name) ?? []
  return user === undefined || role === undefined ? undefined : { user, role }
}
