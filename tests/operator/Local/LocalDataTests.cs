using FedOperator.Core.Api;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Tests.Local;

/// <summary>Where `fed run` finds the clients' data, and what it misses before it starts anything.</summary>
public sealed class LocalDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DataFormat.Idx, "t10k-labels-idx1-ubyte")]
    [InlineData(DataFormat.Cifar10, "data_batch_4.bin")]
    [InlineData(DataFormat.Cifar100, "test.bin")]
    [InlineData(DataFormat.Safetensors, "train.safetensors")]
    public void Each_formats_files_are_looked_for_and_the_one_that_is_missing_is_named(DataFormat format, string missing)
    {
        var spec = Spec(format);
        WrittenFiles.Of(format, _folder);
        Assert.Null(LocalData.Find(spec, _folder).Problem);

        File.Delete(Path.Combine(_folder, missing));
        var problem = LocalData.Find(spec, _folder).Problem;
        Assert.StartsWith($"a-0: {Path.Combine(_folder, missing)}: no such file", problem, StringComparison.Ordinal);
        Assert.Contains("data.path must hold", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataFormat.Cifar10, "cifar-10-batches-bin")]
    [InlineData(DataFormat.Cifar100, "cifar-100-binary")]
    public void The_folder_that_an_archive_unpacks_to_will_do(DataFormat format, string unpacked)
    {
        WrittenFiles.Of(format, Directory.CreateDirectory(Path.Combine(_folder, unpacked)).FullName);
        Assert.Null(LocalData.Find(Spec(format), _folder).Problem);
    }

    [Fact]
    public void Gzipped_idx_files_will_do()
    {
        WrittenFiles.Of(DataFormat.Idx, _folder);
        foreach (var file in Directory.GetFiles(_folder))
            File.Move(file, file + ".gz");
        Assert.Null(LocalData.Find(Spec(DataFormat.Idx), _folder).Problem);
    }

    [Fact]
    public void A_client_with_a_folder_of_its_own_needs_the_files_there()
    {
        WrittenFiles.Of(DataFormat.Idx, _folder);
        Directory.CreateDirectory(Path.Combine(_folder, "a-1"));
        Assert.StartsWith($"a-1: {Path.Combine(_folder, "a-1", "train-images-idx3-ubyte")}: no such file, nor train-images-idx3-ubyte.gz", LocalData.Find(Spec(DataFormat.Idx), _folder).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fashion_MNIST_stands_in_for_idx_files_only()
    {
        WrittenFiles.Of(DataFormat.Idx, _folder);
        Assert.Null(LocalData.Find(Spec(DataFormat.Idx), null, fallback: _folder).Problem);
        Assert.Equal("a-0: its data.path /no/such/folder does not exist here; give --data DIR", LocalData.Find(Spec(DataFormat.Cifar10), null, fallback: _folder).Problem);
    }

    private static FederatedJobSpec Spec(DataFormat format) => Samples.Job("fashion-mnist").Spec with
    {
        Data = new DataSpec { Format = format, Path = "/no/such/folder" },
        Clients = [new ClientGroup { Name = "a", Replicas = 2 }],
    };
}

/// <summary>Empty files of a data set: what is there before anybody reads it.</summary>
internal static class WrittenFiles
{
    public static void Of(DataFormat format, string folder)
    {
        foreach (var name in DataFiles.Train(format).Concat(DataFiles.Test(format)))
            File.WriteAllBytes(Path.Combine(folder, name), []);
    }
}
