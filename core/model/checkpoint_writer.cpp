#include "core/model/checkpoint_writer.h"

#include <bit>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>

#include <caffe2/serialize/inline_container.h>
#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/io/tensor_type.h"
#include "core/model/hbevocc.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little);

TensorType typeOf(const torch::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kBool:
      return TensorType::Bool;
    case at::kByte:
      return TensorType::UInt8;
    case at::kChar:
      return TensorType::Int8;
    case at::kShort:
      return TensorType::Int16;
    case at::kInt:
      return TensorType::Int32;
    case at::kLong:
      return TensorType::Int64;
    case at::kHalf:
      return TensorType::Float16;
    case at::kBFloat16:
      return TensorType::BFloat16;
    case at::kFloat:
      return TensorType::Float32;
    case at::kDouble:
      return TensorType::Float64;
    default:
      throw Error({.summary = "A tensor cannot be saved",
                   .file = {},
                   .expected = "whole numbers or floats",
                   .found = std::string(tensor.dtype().name()),
                   .advice = {}});
  }
}

/// The pickle of a checkpoint. Only operations that weights_only=True knows: protocol 2 without long strings,
/// every class by its plain name.
class TorchPickleWriter {
 public:
  /// Without the two bytes of the protocol and the stop, which write() adds.
  std::string write(const CheckpointValue& root) {
    text_ = "\x80\x02";
    put(root);
    return text_ + ".";
  }
  /// In the order of their keys, which are their numbers.
  const std::vector<torch::Tensor>& tensors() const { return tensors_; }

 private:
  void put(const CheckpointValue& value) {
    std::visit([this](const auto& item) { put(item); }, value.value);
  }
  void put(std::monostate) { text_ += 'N'; }
  void put(bool value) { text_ += value ? '\x88' : '\x89'; }
  void put(double value) {
    text_ += 'G';
    const auto bits = __builtin_bswap64(std::bit_cast<std::uint64_t>(value));
    littleEndian(bits, 8);
  }
  void put(std::int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      text_ += 'J';
      littleEndian(std::uint64_t(value), 4);
    } else {
      text_ += "\x8a\x08";
      littleEndian(std::uint64_t(value), 8);
    }
  }
  void put(const std::string& value) {
    text_ += 'X';
    littleEndian(value.size(), 4);
    text_ += value;
  }
  void put(const CheckpointValue::List& values) {
    text_ += "](";
    for (const CheckpointValue& value : values)
      put(value);
    text_ += 'e';
  }
  void put(const CheckpointValue::Dict& entries) {
    text_ += "}(";
    for (const auto& [key, value] : entries) {
      put(key);
      put(value);
    }
    text_ += 'u';
  }

  /// torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())
  void put(const torch::Tensor& tensor) {
    const torch::Tensor whole = tensor.detach().contiguous();
    global("torch._utils", "_rebuild_tensor_v2");
    text_ += "((";
    put(std::string("storage"));
    global("torch", storageClassName(typeOf(whole)));
    put(std::to_string(tensors_.size()));
    put(std::string("cpu"));
    put(std::int64_t(whole.numel()));
    text_ += "tQ";
    put(std::int64_t(0));
    putSizes(whole.sizes());
    putSizes(whole.strides());
    put(false);
    global("collections", "OrderedDict");
    text_ += ")RtR";
    tensors_.push_back(whole);
  }

  void putSizes(at::IntArrayRef sizes) {
    text_ += '(';
    for (const std::int64_t size : sizes)
      put(size);
    text_ += 't';
  }

  void global(std::string_view module, std::string_view name) {
    text_ += fmt::format("c{}\n{}\n", module, name);
  }

  void littleEndian(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      text_ += char(value >> 8 * i);
  }

  std::string text_;
  std::vector<torch::Tensor> tensors_;
};

Error cannotWrite(const fs::path& file, const std::string& reason) {
  return Error({.summary = file.filename().string() + " cannot be written",
                .file = file,
                .expected = {},
                .found = reason,
                .advice = "Check the free space and the permissions of the folder."});
}

void writeArchive(const fs::path& file, const std::string& pickle,
                  const std::vector<torch::Tensor>& tensors) {
  std::ofstream stream(file, std::ios::binary);
  const auto reason = [] { return errno != 0 ? errno : EIO; };
  int failure = stream ? 0 : reason();
  // Told of a failure, LibTorch's writer throws, and again from its destructor, which ends the process: it
  // learns of none, and what it has written is thrown away below.
  caffe2::serialize::PyTorchStreamWriter archive([&](const void* bytes, std::size_t size) {
    if (failure == 0 && !stream.write(static_cast<const char*>(bytes), std::streamsize(size)))
      failure = reason();
    return size;
  });
  archive.writeRecord("data.pkl", pickle.data(), pickle.size());
  archive.writeRecord("byteorder", "little", 6);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const torch::Tensor tensor = tensors[i].cpu();
    archive.writeRecord("data/" + std::to_string(i), tensor.data_ptr(), tensor.nbytes());
  }
  archive.writeEndOfFile();
  stream.close();
  if (failure == 0 && !stream) failure = reason();
  if (failure != 0) throw std::system_error(failure, std::generic_category());
}

}  // namespace

CheckpointValue::Dict stateDictOf(const torch::nn::Module& network) {
  CheckpointValue::Dict entries;
  for (const StateEntry& entry : stateOf(network))
    entries.push_back({{entry.name}, {entry.tensor}});
  return entries;
}

void writeCheckpoint(const fs::path& file, const CheckpointValue& root) {
  TorchPickleWriter writer;
  const std::string pickle = writer.write(root);
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  const fs::path temporary = temporarySibling(file);
  try {
    writeArchive(temporary, pickle, writer.tensors());
  } catch (const std::exception& error) {
    fs::remove(temporary, code);
    const std::string_view what = error.what();
    throw cannotWrite(file, std::string(what.substr(0, what.find('\n'))));
  }
  publishFile(temporary, file);
}

}  // namespace hbev
