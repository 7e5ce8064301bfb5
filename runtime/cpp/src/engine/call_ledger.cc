#include "engine/call_ledger.h"

namespace multifrost::engine {

void CallLedger::open(Entry& entry) {
  if (size_ >= buckets_.size()) grow();
  entry.state = Entry::State::queued;
  entry.epoch = 0;
  entry.number.store(0, std::memory_order_relaxed);
  link(entry);
  ++size_;
}

void CallLedger::sent(Entry& entry, std::uint64_t epoch) {
  entry.state = Entry::State::sent;
  entry.epoch = epoch;
}

void CallLedger::unsent(Entry& entry) {
  entry.state = Entry::State::queued;
  entry.epoch = 0;
}

CallLedger::Entry* CallLedger::find(const CallId& id, std::uint64_t epoch) {
  for (Entry* entry = buckets_[bucket_of(id)]; entry != nullptr; entry = entry->next) {
    if (entry->id == id && entry->state == Entry::State::sent && entry->epoch == epoch)
      return entry;
  }
  ++late_;
  return nullptr;
}

bool CallLedger::end(Entry& entry, Ending by, Verdict& verdict, std::uint64_t written) {
  if (entry.state == Entry::State::closed) return false;
  if (by == Ending::answer) {
    verdict = Verdict::executed;
  } else if (entry.state == Entry::State::queued) {
    verdict = Verdict::not_executed;
  } else {
    const bool stayed =
        by == Ending::connection_lost && entry.number.load(std::memory_order_acquire) > written;
    verdict = stayed ? Verdict::not_executed : Verdict::unknown;
  }
  unlink(entry);
  entry.state = Entry::State::closed;
  --size_;
  return true;
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

void CallLedger::link(Entry& entry) {
  entry.bucket = bucket_of(entry.id);
  Entry*& head = buckets_[entry.bucket];
  entry.previous = nullptr;
  entry.next = head;
  if (head != nullptr) head->previous = &entry;
  head = &entry;
}

void CallLedger::unlink(Entry& entry) {
  (entry.previous != nullptr ? entry.previous->next : buckets_[entry.bucket]) = entry.next;
  if (entry.next != nullptr) entry.next->previous = entry.previous;
  entry.next = entry.previous = nullptr;
  entry.bucket = Entry::kClosed;
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
