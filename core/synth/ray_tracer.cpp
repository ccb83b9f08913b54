#include "core/synth/ray_tracer.h"

#include <algorithm>
#include <array>

#include <embree3/rtcore.h>

#include "core/base/error.h"
#include "core/synth/smooth_normals.h"

namespace hbev::synth {
namespace {

constexpr unsigned kSeen = 1;    // ray mask of what eyes meet
constexpr unsigned kShadow = 2;  // and of what stops the sun
constexpr std::size_t kPacket = 8;

struct Packet {
  alignas(32) RTCRayHit8 rays;
  alignas(32) std::array<int, kPacket> valid;

  Packet(std::span<const Ray> from, unsigned mask) {
    for (std::size_t i = 0; i < kPacket; ++i) {
      const bool used = i < from.size();
      valid[i] = used ? -1 : 0;
      const Ray& ray = from[used ? i : 0];
      auto& out = rays.ray;
      out.org_x[i] = ray.origin.x();
      out.org_y[i] = ray.origin.y();
      out.org_z[i] = ray.origin.z();
      out.dir_x[i] = ray.direction.x();
      out.dir_y[i] = ray.direction.y();
      out.dir_z[i] = ray.direction.z();
      out.tnear[i] = ray.near_m;
      out.tfar[i] = ray.far_m;
      out.time[i] = 0;
      out.mask[i] = mask;
      out.id[i] = 0;
      out.flags[i] = 0;
      rays.hit.geomID[i] = RTC_INVALID_GEOMETRY_ID;
      rays.hit.instID[0][i] = RTC_INVALID_GEOMETRY_ID;
    }
  }
};

RTCIntersectContext coherentContext() {
  RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  context.flags = RTC_INTERSECT_CONTEXT_FLAG_COHERENT;
  return context;
}

}  // namespace

struct RayTracer::Impl {
  RTCDevice device = nullptr;
  std::vector<RTCScene> shapes;
  std::vector<std::vector<std::array<Eigen::Vector3f, 3>>> normals;  // of each shape's triangles
  RTCScene world = nullptr;
  std::vector<Eigen::Matrix3f> rotations;  // of the placements
  std::vector<std::size_t> placed_shapes;

  ~Impl() {
    if (world != nullptr) rtcReleaseScene(world);
    for (RTCScene shape : shapes)
      rtcReleaseScene(shape);
    if (device != nullptr) rtcReleaseDevice(device);
  }

  RTCScene buildShape(const Mesh& mesh) const {
    RTCScene scene = rtcNewScene(device);
    RTCGeometry geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE);
    auto* vertices = static_cast<float*>(rtcSetNewGeometryBuffer(
        geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, 3 * sizeof(float), mesh.vertices.size()));
    auto* corners = static_cast<unsigned*>(rtcSetNewGeometryBuffer(
        geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 3 * sizeof(unsigned), mesh.triangles.size()));
    for (const auto& vertex : mesh.vertices)
      vertices = std::copy_n(vertex.data(), 3, vertices);
    for (const auto& triangle : mesh.triangles)
      corners = std::copy_n(triangle.corners.data(), 3, corners);
    rtcSetGeometryMask(geometry, kSeen | kShadow);
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(scene, geometry);
    rtcReleaseGeometry(geometry);
    rtcCommitScene(scene);
    return scene;
  }
};

RayTracer::RayTracer(std::span<const Shape* const> shapes) : impl_(std::make_unique<Impl>()) {
  // No thread limit in the configuration: Embree would set it for all of TBB in this process.
  impl_->device = rtcNewDevice(nullptr);
  if (impl_->device == nullptr) {
    throw Error({"Embree could not be started", {}, {}, {}, "Check the installation of libembree3."});
  }
  for (const Shape* shape : shapes) {
    impl_->shapes.push_back(impl_->buildShape(shape->mesh));
    impl_->normals.push_back(smoothNormals(shape->mesh));
  }
}

RayTracer::~RayTracer() = default;

void RayTracer::place(std::span<const Placement> placements, std::uint32_t hidden) {
  if (impl_->world != nullptr) rtcReleaseScene(impl_->world);
  impl_->world = rtcNewScene(impl_->device);
  impl_->rotations.clear();
  impl_->placed_shapes.clear();
  for (std::size_t i = 0; i < placements.size(); ++i) {
    const Placement& placement = placements[i];
    const Eigen::Matrix3f rotation = placement.global_from_shape.rotationMatrix().cast<float>();
    const Eigen::Vector3f translation = placement.global_from_shape.translation().cast<float>();
    std::array<float, 12> columns;
    std::copy_n(rotation.data(), 9, columns.begin());
    std::copy_n(translation.data(), 3, columns.begin() + 9);
    RTCGeometry instance = rtcNewGeometry(impl_->device, RTC_GEOMETRY_TYPE_INSTANCE);
    rtcSetGeometryInstancedScene(instance, impl_->shapes[placement.shape]);
    rtcSetGeometryTransform(instance, 0, RTC_FORMAT_FLOAT3X4_COLUMN_MAJOR, columns.data());
    rtcSetGeometryMask(instance, i == hidden ? kShadow : (kSeen | kShadow));
    rtcCommitGeometry(instance);
    rtcAttachGeometryByID(impl_->world, instance, unsigned(i));
    rtcReleaseGeometry(instance);
    impl_->rotations.push_back(rotation);
    impl_->placed_shapes.push_back(placement.shape);
  }
  rtcCommitScene(impl_->world);
}

void RayTracer::intersect(std::span<const Ray> rays, std::span<Hit> hits) const {
  RTCIntersectContext context = coherentContext();
  for (std::size_t begin = 0; begin < rays.size(); begin += kPacket) {
    const std::size_t count = std::min(kPacket, rays.size() - begin);
    Packet packet(rays.subspan(begin, count), kSeen);
    rtcIntersect8(packet.valid.data(), impl_->world, &context, &packet.rays);
    for (std::size_t i = 0; i < count; ++i) {
      Hit& hit = hits[begin + i];
      hit.object = packet.rays.hit.instID[0][i];
      if (packet.rays.hit.geomID[i] == RTC_INVALID_GEOMETRY_ID) {
        hit.object = kNoObject;
        continue;
      }
      hit.distance_m = packet.rays.ray.tfar[i];
      hit.triangle = packet.rays.hit.primID[i];
      const Eigen::Vector3f in_shape(packet.rays.hit.Ng_x[i], packet.rays.hit.Ng_y[i],
                                     packet.rays.hit.Ng_z[i]);
      hit.normal = (impl_->rotations[hit.object] * in_shape).normalized();
      if (hit.normal.dot(rays[begin + i].direction) > 0) hit.normal = -hit.normal;
      const auto& corners = impl_->normals[impl_->placed_shapes[hit.object]][hit.triangle];
      const float u = packet.rays.hit.u[i];
      const float v = packet.rays.hit.v[i];
      hit.smooth =
          (impl_->rotations[hit.object] * ((1 - u - v) * corners[0] + u * corners[1] + v * corners[2]))
              .normalized();
      if (hit.smooth.dot(hit.normal) < 0) hit.smooth = -hit.smooth;
    }
  }
}

void RayTracer::occluded(std::span<const Ray> rays, std::span<std::uint8_t> blocked) const {
  RTCIntersectContext context = coherentContext();
  for (std::size_t begin = 0; begin < rays.size(); begin += kPacket) {
    const std::size_t count = std::min(kPacket, rays.size() - begin);
    Packet packet(rays.subspan(begin, count), kShadow);
    rtcOccluded8(packet.valid.data(), impl_->world, &context, &packet.rays.ray);
    // Embree marks a blocked ray by an infinitely negative end.
    for (std::size_t i = 0; i < count; ++i)
      blocked[begin + i] = packet.rays.ray.tfar[i] < 0 ? 1 : 0;
  }
}

}  // namespace hbev::synth
