// Ice without its limit on the size of a message.
#pragma once

#include <Ice/Ice.h>

#include <memory>

inline std::shared_ptr<Ice::Communicator> make_communicator() {
  Ice::InitializationData data;
  data.properties = Ice::createProperties();
  data.properties->setProperty("Ice.MessageSizeMax", "0");
  return Ice::initialize(data);
}
