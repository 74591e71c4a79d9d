#include "fuzz/message_mutator.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace skyreplay::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// A number near the one that was there, or one at an edge.
std::int64_t other_number(std::int64_t was, Dice& dice) {
  constexpr std::array<std::int64_t, 9> kEdges{0,
                                               1,
                                               -1,
                                               128,
                                               65'536,
                                               std::numeric_limits<std::int32_t>::max(),
                                               std::int64_t{1} << 40,
                                               std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::int64_t>::min()};
  switch (dice() % 4) {
    case 0:
      return kEdges[dice() % kEdges.size()];
    case 1:
      return static_cast<std::int64_t>(std::uint64_t{dice()} << (dice() % 40));
    default:  // in unsigned numbers: it may wrap
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(was) + dice() % 5 - 2);
  }
}

/// One value of a field: the field's own, or its element `index` where it is repeated.
struct Slot {
  Message& message;
  const FieldDescriptor* field;
  int index;
};

// Reflection has a getter and a setter for every type, with and without an index.
#define SKY_CHANGE(Type, change)                                                \
  if (slot.index < 0) {                                                         \
    const auto was = r.Get##Type(slot.message, slot.field);                     \
    r.Set##Type(&slot.message, slot.field, change);                             \
  } else {                                                                      \
    const auto was = r.GetRepeated##Type(slot.message, slot.field, slot.index); \
    r.SetRepeated##Type(&slot.message, slot.field, slot.index, change);         \
  }                                                                             \
  return

void change_value(const Slot& slot, Dice& dice) {
  const Reflection& r = *slot.message.GetReflection();
  const auto number = [&](auto was) {
    return static_cast<decltype(was)>(other_number(static_cast<std::int64_t>(was), dice));
  };
  switch (slot.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      SKY_CHANGE(Int32, number(was));
    case FieldDescriptor::CPPTYPE_INT64:
      SKY_CHANGE(Int64, number(was));
    case FieldDescriptor::CPPTYPE_UINT32:
      SKY_CHANGE(UInt32, number(was));
    case FieldDescriptor::CPPTYPE_UINT64:
      SKY_CHANGE(UInt64, number(was));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      SKY_CHANGE(Double, dice() % 2 == 0 ? -was : was * 1e300);
    case FieldDescriptor::CPPTYPE_FLOAT:
      SKY_CHANGE(Float, -was);
    case FieldDescriptor::CPPTYPE_BOOL:
      SKY_CHANGE(Bool, !was);
    case FieldDescriptor::CPPTYPE_ENUM:
      SKY_CHANGE(EnumValue, was + static_cast<int>(dice() % 3) - 1);
    case FieldDescriptor::CPPTYPE_STRING:
      SKY_CHANGE(String, mutate_bytes(was));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      mutate_message(slot.index < 0
                         ? *r.MutableMessage(&slot.message, slot.field)
                         : *r.MutableRepeatedMessage(&slot.message, slot.field, slot.index),
                     dice);
  }
}

#undef SKY_CHANGE

/// One more element: a copy of the last where they are messages, else a zero to be changed later.
void add_element(Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  const int size = r.FieldSize(message, field);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& added = *r.AddMessage(&message, field);
      if (size > 0) added.CopyFrom(r.GetRepeatedMessage(message, field, size - 1));
      return;
    }
    case FieldDescriptor::CPPTYPE_INT64:
      return r.AddInt64(&message, field, 0);
    case FieldDescriptor::CPPTYPE_UINT32:
      return r.AddUInt32(&message, field, 1);
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.AddUInt64(&message, field, 0);
    case FieldDescriptor::CPPTYPE_STRING:
      return r.AddString(&message, field, "");
    default:
      return;
  }
}

void mutate_repeated(Message& message, const FieldDescriptor* field, Dice& dice) {
  const Reflection& r = *message.GetReflection();
  const int size = r.FieldSize(message, field);
  const auto any = [&] { return static_cast<int>(dice() % static_cast<unsigned>(size)); };
  switch (size == 0 ? 0 : dice() % 8) {
    case 0:
      return add_element(message, field);
    case 1:
      return r.RemoveLast(&message, field);
    case 2:
      return r.SwapElements(&message, field, any(), any());
    default:
      return change_value({message, field, any()}, dice);
  }
}

}  // namespace

void mutate_message(Message& message, Dice& dice) {
  const auto& type = *message.GetDescriptor();
  if (type.field_count() == 0) return;
  const FieldDescriptor* field =
      type.field(static_cast<int>(dice() % static_cast<unsigned>(type.field_count())));
  if (field->is_repeated()) return mutate_repeated(message, field, dice);
  if (dice() % 16 == 0) return message.GetReflection()->ClearField(&message, field);
  change_value({message, field, -1}, dice);
}

std::string mutate_bytes(std::string bytes) {
  const std::size_t size = bytes.size();
  bytes.resize(size + 64);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
  return bytes;
}

}  // namespace skyreplay::fuzz
