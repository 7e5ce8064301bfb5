// A wrapper as tsx is one: runs the program of its first argument behind one more node process.
// Usage: node wrapper.js [--inner] PROGRAM [ARGUMENT…]
"use strict";
const { spawn } = require("node:child_process");

const inner = process.argv[2] === "--inner";
const command = process.argv.slice(inner ? 3 : 2);
const child = inner
  ? spawn(command[0], command.slice(1), { stdio: "inherit" })
  : spawn(process.execPath, [__filename, "--inner", ...command], { stdio: "inherit" });
child.on("exit", (code) => process.exit(code ?? 1));
