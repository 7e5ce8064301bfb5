namespace cpp bench.thrift_peer

service Bench {
  i64 add(1: i64 a, 2: i64 b)
  binary echo(1: binary data)
}
