using System.Buffers.Binary;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Data;

/// <summary>A split in a safetensors file: `x` (N, C, H, W) of bytes or floating-point numbers, `y` (N) of whole numbers. Other tensors, of the types that a checkpoint may have, are left alone.</summary>
internal sealed class SafetensorsSplit : DataSplit
{
    private const string Wanted = "data.format safetensors needs x (N, C, H, W) as U8, F32, F64, F16 or BF16, and y (N) as U8, I32 or I64";

    private readonly PlainFile _file;
    private readonly SafetensorsEntry _x;
    private readonly SafetensorsEntry _y;

    private SafetensorsSplit(PlainFile file, SafetensorsEntry x, SafetensorsEntry y)
    {
        (_file, _x, _y) = (file, x, y);
        ImageShape = [.. x.Shape.Skip(1).Select(size => (int)size)];
    }

    public override string Path => _file.Path;

    public override int Count => (int)_x.Shape[0];

    public override IReadOnlyList<int> ImageShape { get; }

    public override DType Pixel => _x.DType;

    /// <summary>Opens the file and checks both tensors' types and shapes.</summary>
    public static SafetensorsSplit Open(string path)
    {
        var entries = Entries(path);
        var x = entries.FirstOrDefault(entry => entry.Name == "x") ?? throw Wrong(path, "has no tensor x");
        var y = entries.FirstOrDefault(entry => entry.Name == "y") ?? throw Wrong(path, "has no tensor y");
        if (x.Shape.Length != 4 || Array.Exists(x.Shape, size => size > Array.MaxLength / 8) || x.Shape[1..].Contains(0))
            throw Wrong(path, $"x is [{string.Join(", ", x.Shape)}], not images of (N, C, H, W)");
        if (x.DType != DType.U8 && !x.DType.IsFloat())
            throw Wrong(path, $"x is of {x.DType.Name()}");
        if (y.DType.IsFloat())
            throw Wrong(path, $"y is of {y.DType.Name()}, and classes are whole numbers");
        if (y.Shape.Length != 1 || y.Shape[0] != x.Shape[0])
            throw Wrong(path, $"y is [{string.Join(", ", y.Shape)}] for the {x.Shape[0]} images of x");
        return new SafetensorsSplit(new PlainFile(path), x, y);
    }

    public override void ReadImage(int index, Span<byte> image) => _file.Read(_x.Offset + ((long)index * image.Length), image);

    public override void Dispose() => _file.Dispose();

    protected override long[] ReadLabels()
    {
        var size = _y.DType.Size();
        var bytes = new byte[Count * (long)size];
        _file.Read(_y.Offset, bytes);
        var labels = new long[Count];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = Whole(bytes.AsSpan(i * size));
        return labels;
    }

    protected override (string File, string Place) LabelPlace(int index) => (Path, FormattableString.Invariant($"y[{index}]"));

    private static IReadOnlyList<SafetensorsEntry> Entries(string path)
    {
        try
        {
            return SafetensorsContent.Entries(path);
        }
        catch (SafetensorsException broken)
        {
            throw new InvalidDataException($"{broken.Message}; {Wanted}", broken);
        }
    }

    private long Whole(ReadOnlySpan<byte> bytes) => _y.DType switch
    {
        DType.U8 => bytes[0],
        DType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    private static InvalidDataException Wrong(string path, string what) => new($"{path}: {what}; {Wanted}");
}
