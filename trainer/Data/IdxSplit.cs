using System.Globalization;
using FedOperator.Core.Api;

namespace FedOperator.Trainer.Data;

/// <summary>A split in MNIST's files: one with the images, one with the labels, each plain or gzipped.</summary>
internal sealed class IdxSplit : DataSplit
{
    private readonly IdxReader _images;
    private readonly string _folder;
    private readonly string _labels;
    private int _next;

    private IdxSplit(IdxReader images, string folder, string labels)
    {
        (_images, _folder, _labels) = (images, folder, labels);
        ImageShape = images.Shape.Count == 3 ? [1, .. images.Shape.Skip(1)] : [.. images.Shape.Skip(1)];
    }

    public override string Path => _images.Path;

    public override int Count => _images.Shape[0];

    public override IReadOnlyList<int> ImageShape { get; }

    /// <summary>Opens the file with the images.</summary>
    public static IdxSplit Open(string folder, string images, string labels) => new(IdxReader.Open(folder, images, 3, 4), folder, labels);

    public override void ReadImage(int index, Span<byte> image)
    {
        _images.Skip(index - _next);
        _images.Read(image);
        _next = index + 1;
    }

    public override void End()
    {
        _images.Skip(Count - _next);
        _next = Count;
        _images.End();
    }

    public override void Dispose() => _images.Dispose();

    protected override long[] ReadLabels()
    {
        using var reader = IdxReader.Open(_folder, _labels, 1);
        if (reader.Shape[0] != Count)
            throw new InvalidDataException($"{reader.Path}: {reader.Shape[0]} labels for the {Count} images of {Path}");
        var bytes = new byte[Count];
        reader.Read(bytes);
        reader.End();
        return Array.ConvertAll(bytes, label => (long)label);
    }

    protected override (string File, string Place) LabelPlace(int index) => (DataFiles.Find(DataFormat.Idx, _folder, _labels), index.ToString(CultureInfo.InvariantCulture));
}
