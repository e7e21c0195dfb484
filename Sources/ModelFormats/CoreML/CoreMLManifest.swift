import Foundation

/// A package's list of items (`Manifest.json`), of which one is the model.
struct CoreMLManifest: Decodable {
  var rootModelIdentifier: String
  var itemInfoEntries: [String: Item]

  struct Item: Decodable { var path: String }

  /// The path of the model inside the package's `Data` folder.
  static func rootItem(of file: ModelBytes) throws(ModelFormatError) -> String {
    guard file.bytes.count <= 1 << 20,
      let manifest = try? JSONDecoder().decode(Self.self, from: Data(file.bytes)),
      let item = manifest.itemInfoEntries[manifest.rootModelIdentifier]
    else {
      throw file.malformed(
        "the manifest", "no entry of the model",
        expected: "'rootModelIdentifier' and its path in 'itemInfoEntries'")
    }
    return item.path
  }
}
