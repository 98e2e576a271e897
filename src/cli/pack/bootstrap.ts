/**
 * The `scf_bootstrap` of a packed application: LF line ends, a shebang, and `exec`, so that node gets the platform's
 * signals itself. On SCF node is not on the PATH but at an absolute place for each version.
 */
export const BOOTSTRAP = `#!/bin/bash
cd "$(dirname "$0")" || exit 1
node=node
for candidate in /var/lang/node22/bin/node /var/lang/node20/bin/node; do
  if [ -x "$candidate" ]; then
    node=$candidate
    break
  fi
done
exec "$node" built/main.js "$@"
`;
