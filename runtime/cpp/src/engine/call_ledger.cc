#include "engine/call_ledger.h"

namespace multifrost::engine {

Verdict CallLedger::verdict_of(const Entry& entry, Ending by, std::uint64_t written) noexcept {
  if (entry.state == Entry::State::queued) return Verdict::not_executed;
  const bool stayed =
      by == Ending::connection_lost && entry.number.load(std::memory_order_acquire) > written;
  return stayed ? Verdict::not_executed : Verdict::unknown;
}

CallLedger::Entry* CallLedger::any() const noexcept {
  for (Entry* entry : buckets_) {
    if (entry != nullptr) return entry;
  }
  return nullptr;
}

CallLedger::Entry* CallLedger::any_sent_on(std::uint64_t epoch) const noexcept {
  for (Entry* entry : buckets_) {
    for (; entry != nullptr; entry = entry->next) {
      if (entry->state == Entry::State::sent && entry->epoch == epoch) return entry;
    }
  }
  return nullptr;
}

void CallLedger::grow() {
  std::vector<Entry*> old(buckets_.size() * 2, nullptr);
  old.swap(buckets_);
  for (Entry* entry : old) {
    while (entry != nullptr) {
      Entry* const next = entry->next;
      link(*entry);
      entry = next;
    }
  }
}

}  // namespace multifrost::engine
