namespace FedOperator.Core.Api;

/// <summary>The files of a data set, by its format: what a trainer reads, and `fed run` looks for before it starts one.</summary>
public static class DataFiles
{
    private static readonly string[] s_cifar10Train = [.. Enumerable.Range(1, 5).Select(i => FormattableString.Invariant($"data_batch_{i}.bin"))];

    /// <summary>Names of the files with the train split, in the order of their samples; with idx images before labels.</summary>
    public static IReadOnlyList<string> Train(DataFormat format) => format switch
    {
        DataFormat.Idx => ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
        DataFormat.Cifar10 => s_cifar10Train,
        DataFormat.Cifar100 => ["train.bin"],
        DataFormat.Safetensors => ["train.safetensors"],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No files are known for this format: add them to DataFiles."),
    };

    /// <summary>The same of the test split.</summary>
    public static IReadOnlyList<string> Test(DataFormat format) => format switch
    {
        DataFormat.Idx => ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
        DataFormat.Cifar10 => ["test_batch.bin"],
        DataFormat.Cifar100 => ["test.bin"],
        DataFormat.Safetensors => ["test.safetensors"],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No files are known for this format: add them to DataFiles."),
    };

    /// <summary>The folder that holds the files: the given one, or in it the one that CIFAR's archives unpack to.</summary>
    public static string Folder(DataFormat format, string folder)
    {
        var unpacked = format switch
        {
            DataFormat.Cifar10 => Path.Combine(folder, "cifar-10-batches-bin"),
            DataFormat.Cifar100 => Path.Combine(folder, "cifar-100-binary"),
            _ => folder,
        };
        return unpacked != folder && !File.Exists(Path.Combine(folder, Test(format)[0])) && Directory.Exists(unpacked) ? unpacked : folder;
    }

    /// <summary>The path of a file of a data set: with idx that of NAME or NAME.gz.</summary>
    /// <param name="format">The format.</param>
    /// <param name="folder">As <see cref="Folder"/> gives it.</param>
    /// <param name="name">One of <see cref="Train"/> and <see cref="Test"/>.</param>
    /// <exception cref="InvalidDataException">There is no such file; the message names it, and the files that there must be.</exception>
    public static string Find(DataFormat format, string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        if (File.Exists(plain))
            return plain;
        if (format == DataFormat.Idx && File.Exists(plain + ".gz"))
            return plain + ".gz";
        throw new InvalidDataException($"{plain}: no such file{(format == DataFormat.Idx ? $", nor {name}.gz" : "")}. data.path must hold {Wanted(format)}");
    }

    /// <summary>What is missing in a folder, in words; null where all files are there.</summary>
    public static string? Missing(DataFormat format, string folder)
    {
        try
        {
            var home = Folder(format, folder);
            foreach (var name in Train(format).Concat(Test(format)))
                Find(format, home, name);
            return null;
        }
        catch (InvalidDataException missing)
        {
            return missing.Message;
        }
    }

    private static string Wanted(DataFormat format)
    {
        string[] names = [.. Train(format), .. Test(format)];
        var list = $"{string.Join(", ", names[..^1])} and {names[^1]}";
        return format switch
        {
            DataFormat.Cifar10 => $"the binary version of CIFAR-10: {list}, or the folder cifar-10-batches-bin with them",
            DataFormat.Cifar100 => $"the binary version of CIFAR-100: {list}, or the folder cifar-100-binary with them",
            _ => list,
        };
    }
}
