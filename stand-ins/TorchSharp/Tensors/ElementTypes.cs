using static TorchSharp.torch;

namespace TorchSharp;

internal static class ElementTypes
{
    private static readonly Dictionary<Type, ScalarType> ByType = new()
    {
        [typeof(bool)] = ScalarType.Bool,
        [typeof(byte)] = ScalarType.Byte,
        [typeof(sbyte)] = ScalarType.Int8,
        [typeof(short)] = ScalarType.Int16,
        [typeof(int)] = ScalarType.Int32,
        [typeof(long)] = ScalarType.Int64,
        [typeof(Half)] = ScalarType.Float16,
        [typeof(float)] = ScalarType.Float32,
        [typeof(double)] = ScalarType.Float64,
    };

    internal static ScalarType Of(Type type) =>
        ByType.TryGetValue(type, out var found) ? found : throw new ArgumentException($"There is no tensor of {type.Name}.");

    internal static bool Matches(Type type, ScalarType dtype) => ByType.TryGetValue(type, out var found) && found == dtype;
}
