#include "core/synth/actors.h"

#include "core/data/classes.h"
#include "core/synth/vehicles.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

Shape personShape(float stride) {
  Shape shape;
  Mesh& mesh = shape.mesh;
  for (const float side : {-1.0F, 1.0F}) {
    const float swing = side * stride;
    mesh.addTube({0.0F, side * 0.09F, 0.86F}, {0.30F * swing, side * 0.09F, 0.05F}, 0.095F, 0.06F, 7,
                 Material::Trousers);
    mesh.addBox({0.30F * swing - 0.07F, side * 0.09F - 0.05F, 0},
                {0.30F * swing + 0.17F, side * 0.09F + 0.05F, 0.08F}, Material::Trim);
    const Vector3f elbow(-0.16F * swing, side * 0.24F, 1.12F);
    mesh.addTube({0, side * 0.175F, 1.4F}, elbow, 0.06F, 0.045F, 7, Material::Shirt);
    mesh.addTube(elbow, elbow + Vector3f(0.1F - 0.1F * swing, -side * 0.02F, -0.24F), 0.045F, 0.035F, 6,
                 Material::Skin);
  }
  mesh.addBlob({0, 0, 1.16F}, {0.14F, 0.2F, 0.37F}, 9, 0, 0, Material::Shirt);
  mesh.addTube({0, 0, 1.42F}, {0, 0, 1.56F}, 0.055F, 0.05F, 7, Material::Skin);
  mesh.addBlob({0.01F, 0, 1.62F}, {0.095F, 0.08F, 0.12F}, 7, 0, 0, Material::Skin);
  mesh.addBlob({-0.015F, 0, 1.65F}, {0.1F, 0.09F, 0.11F}, 7, 0, 0, Material::Hair);
  shape.solids = {{Pose::fromTranslation({0, 0, 0.88}), {0.3, 0.4, 1.7}}};
  shape.size = {0.88, 0.64, 1.76};
  return shape;
}

Shape coneShape() {
  Shape shape;
  shape.mesh.addBox({-0.2F, -0.2F, 0}, {0.2F, 0.2F, 0.04F}, Material::Trim);
  shape.mesh.addTube({0, 0, 0.04F}, {0, 0, 0.3F}, 0.15F, 0.105F, 14, Material::Orange);
  shape.mesh.addTube({0, 0, 0.3F}, {0, 0, 0.48F}, 0.105F, 0.068F, 14, Material::White);
  shape.mesh.addTube({0, 0, 0.48F}, {0, 0, 0.75F}, 0.068F, 0.025F, 14, Material::Orange);
  shape.size = {0.4, 0.4, 0.75};
  return shape;
}

Shape barrierShape() {
  Shape shape;
  for (const float x : {-0.85F, 0.85F}) {
    shape.mesh.addBox({x - 0.05F, -0.3F, 0}, {x + 0.05F, 0.3F, 0.08F}, Material::Trim);
    shape.mesh.addBox({x - 0.04F, -0.04F, 0.08F}, {x + 0.04F, 0.04F, 1.05F}, Material::Metal);
    shape.mesh.addBox({x - 0.09F, -0.09F, 1.05F}, {x + 0.09F, 0.09F, 1.2F}, Material::Orange);
  }
  for (const float z : {0.35F, 0.72F}) {
    for (int i = 0; i < 8; ++i) {
      const float x = -1.0F + 0.25F * float(i);
      shape.mesh.addBox({x, -0.025F, z}, {x + 0.25F, 0.025F, z + 0.27F},
                        i % 2 == 0 ? Material::Red : Material::White);
    }
  }
  shape.size = {2.0, 0.6, 1.2};
  return shape;
}

ActorModel model(std::string_view category, Shape shape) {
  const ClassSet& classes = ClassSet::openocc();
  return {category, std::uint8_t(classes.labelOfCategory(category).value()), {std::move(shape)}, 0};
}

std::vector<ActorModel> makeModels() {
  std::vector<ActorModel> models;
  models.push_back(model("vehicle.car", sedanShape()));
  models.push_back(model("vehicle.car", hatchbackShape()));
  models.push_back(model("vehicle.car", vanShape()));
  models.push_back(model("vehicle.truck", boxTruckShape()));
  models.push_back(model("vehicle.truck", tractorShape()));
  models.push_back(model("vehicle.trailer", trailerShape()));
  models.push_back(model("vehicle.bus.rigid", busShape()));
  models.push_back(model("vehicle.construction", excavatorShape()));
  for (const bool rider : {true, false})
    models.push_back(model("vehicle.bicycle", bicycleShape(rider)));
  for (const bool rider : {true, false})
    models.push_back(model("vehicle.motorcycle", motorcycleShape(rider)));
  ActorModel person = model("human.pedestrian.adult", personShape(0));
  for (const float stride : {0.9F, 0.0F, -0.9F})
    person.phases.push_back(personShape(stride));
  person.stride_m = 0.36;
  models.push_back(std::move(person));
  models.push_back(model("movable_object.trafficcone", coneShape()));
  models.push_back(model("movable_object.barrier", barrierShape()));
  return models;
}

}  // namespace

const std::vector<ActorModel>& actorModels() {
  static const std::vector<ActorModel> models = makeModels();
  return models;
}

const ActorModel& actorModel(ActorKind kind) {
  return actorModels()[std::size_t(kind)];
}

}  // namespace hbev::synth
