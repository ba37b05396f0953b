using FedOperator.Core.Api;

namespace FedOperator.Trainer.Data;

/// <summary>A split in CIFAR's binary files: records of labels and 3 x 32 x 32 pixels, one after the other.</summary>
/// <remarks>CIFAR-10: one label a record; CIFAR-100: the coarse label, then the fine one, which is used (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the data sets' own page).</remarks>
internal sealed class CifarSplit : DataSplit
{
    private static readonly int[] s_shape = [3, 32, 32];
    private const int Image = 3 * 32 * 32;

    private readonly IReadOnlyList<PlainFile> _files;

    // Bytes of labels in front of each image; the last of them is the one that counts.
    private readonly int _labels;

    // Index of the first sample of each file, and of the one after the last.
    private readonly int[] _first;

    private CifarSplit(IReadOnlyList<PlainFile> files, int labels)
    {
        (_files, _labels) = (files, labels);
        _first = new int[files.Count + 1];
        for (var i = 0; i < files.Count; i++)
            _first[i + 1] = checked(_first[i] + (int)(files[i].Length / Record));
    }

    public override string Path => _files[0].Path;

    public override int Count => _first[^1];

    public override IReadOnlyList<int> ImageShape => s_shape;

    private int Record => _labels + Image;

    /// <summary>Opens the files of a split and checks that they hold whole records.</summary>
    public static CifarSplit Open(DataFormat format, IReadOnlyList<string> paths)
    {
        var files = new List<PlainFile>();
        try
        {
            var labels = format == DataFormat.Cifar10 ? 1 : 2;
            foreach (var path in paths)
            {
                files.Add(new PlainFile(path));
                if (files[^1].Length == 0 || files[^1].Length % (labels + Image) != 0)
                    throw new InvalidDataException($"{path}: {files[^1].Length} bytes are not whole records of {labels + Image} ({labels} of labels, 3 x 32 x 32 of pixels); is it cut off, or of another format than {(format == DataFormat.Cifar10 ? "cifar10" : "cifar100")}?");
            }
            return new CifarSplit(files, labels);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    public override void ReadImage(int index, Span<byte> image)
    {
        var (file, offset) = Place(index);
        file.Read(offset + _labels, image);
    }

    public override void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    // One byte after the other: the images between them are other clients'.
    protected override long[] ReadLabels()
    {
        var labels = new long[Count];
        Span<byte> label = stackalloc byte[1];
        for (var i = 0; i < labels.Length; i++)
        {
            var (file, offset) = Place(i);
            file.Read(offset + _labels - 1, label);
            labels[i] = label[0];
        }
        return labels;
    }

    protected override (string File, string Place) LabelPlace(int index)
    {
        var (file, offset) = Place(index);
        return (file.Path, FormattableString.Invariant($"byte {offset + _labels - 1}"));
    }

    private (PlainFile File, long Offset) Place(int index)
    {
        var file = 0;
        while (index >= _first[file + 1])
            file++;
        return (_files[file], (long)(index - _first[file]) * Record);
    }
}
