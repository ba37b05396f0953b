using FedOperator.Core.Api;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Data;

/// <summary>The two parts of a data set.</summary>
internal enum Split
{
    /// <summary>What is trained on.</summary>
    Train,

    /// <summary>What is evaluated on.</summary>
    Test,
}

/// <summary>A split of a data set on disk, whatever its format: labels as a whole, images one by one, so that those of other clients stay there.</summary>
internal abstract class DataSplit : IDisposable
{
    /// <summary>The file, or the first of the files, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>Number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>Channels, height, width.</summary>
    public abstract IReadOnlyList<int> ImageShape { get; }

    /// <summary>Of a pixel: U8, or a floating-point type.</summary>
    public virtual DType Pixel => DType.U8;

    /// <summary>Values of one image.</summary>
    public int ImageLength => ImageShape.Aggregate(1, (product, size) => product * size);

    /// <summary>Opens a split and checks its headers and lengths.</summary>
    /// <param name="format">Of its files.</param>
    /// <param name="folder">Where they lie.</param>
    /// <param name="split">Which.</param>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it, the value seen and the fix.</exception>
    public static DataSplit Open(DataFormat format, string folder, Split split)
    {
        var home = DataFiles.Folder(format, folder);
        var names = split == Split.Train ? DataFiles.Train(format) : DataFiles.Test(format);
        return format switch
        {
            DataFormat.Idx => IdxSplit.Open(home, names[0], names[1]),
            DataFormat.Cifar10 or DataFormat.Cifar100 => CifarSplit.Open(format, [.. names.Select(name => DataFiles.Find(format, home, name))]),
            DataFormat.Safetensors => SafetensorsSplit.Open(DataFiles.Find(format, home, names[0])),
            _ => throw new InvalidDataException($"data.format {format} is unknown to this trainer"),
        };
    }

    /// <summary>The name of a split in keys of draws: MNIST's, for every format, so that the same labels are shared out alike.</summary>
    public static string Key(Split split) => split == Split.Train ? "train" : "t10k";

    /// <summary>The class of every sample.</summary>
    /// <param name="classes">How many there are: labels are less.</param>
    /// <exception cref="InvalidDataException">A label is out of range, or there is not one for each image; the message says where.</exception>
    public ushort[] Labels(int classes)
    {
        var labels = ReadLabels();
        var wrong = Array.FindIndex(labels, label => label < 0 || label >= classes);
        if (wrong < 0)
            return Array.ConvertAll(labels, label => (ushort)label);
        var (file, place) = LabelPlace(wrong);
        var fix = labels[wrong] < 0 ? "classes count from 0" : FormattableString.Invariant($"give model.classes at least {labels[wrong] + 1}, or mend the file");
        throw new InvalidDataException(FormattableString.Invariant($"{file}: label {labels[wrong]} at {place}, but model.classes is {classes}; {fix}"));
    }

    /// <summary>Reads one image's bytes as they lie in the file, (C, H, W); images in ascending order.</summary>
    /// <exception cref="InvalidDataException">The file ends too early.</exception>
    public abstract void ReadImage(int index, Span<byte> image);

    /// <summary>Called after the last image was read: checks what no header tells.</summary>
    /// <exception cref="InvalidDataException">A file is longer or shorter than it says.</exception>
    public virtual void End()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The label of every sample, as the files have it.</summary>
    protected abstract long[] ReadLabels();

    /// <summary>File and place of a label, for messages.</summary>
    protected abstract (string File, string Place) LabelPlace(int index);
}
