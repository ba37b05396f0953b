using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;

namespace FedOperator.Trainer.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private static readonly int[] s_shape = [3, 32, 32];
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DataFormat.Cifar10, 10, "")]
    [InlineData(DataFormat.Cifar10, 10, "cifar-10-batches-bin")]
    [InlineData(DataFormat.Cifar100, 100, "")]
    [InlineData(DataFormat.Cifar100, 100, "cifar-100-binary")]
    public void A_client_reads_its_own_samples_out_of_all_files(DataFormat format, int classes, string below)
    {
        var (train, test) = Write(format, classes, Directory.CreateDirectory(_folder[below]).FullName);
        var plan = Plan(format, classes);
        var seen = new List<int>();
        foreach (var client in plan.Clients)
        {
            var data = ClientData.Load(_folder.Path, plan, client);
            seen.AddRange(Own(plan, client, train, "train"));
            AssertSamples(train, Own(plan, client, train, "train"), data.Train);
            AssertSamples(test, Own(plan, client, test, "t10k"), data.Test);
        }
        Assert.Equal(Enumerable.Range(0, train.Labels.Length), seen.Order());
    }

    [Fact]
    public void Inputs_are_scaled_channel_by_channel_as_usual_for_CIFAR()
    {
        var (train, _) = Write(DataFormat.Cifar10, 10, _folder.Path);
        var plan = Plan(DataFormat.Cifar10, 10) with { Clients = [Client(DataFormat.Cifar10, 0, 1) with { Pixels = null }] };
        var inputs = new double[3072];
        ClientData.Load(_folder.Path, plan, plan.Clients[0]).Train.Normalize([7], inputs.AsSpan());
        double[] means = [0.4914, 0.4822, 0.4465], deviations = [0.2470, 0.2435, 0.2616];
        for (var i = 0; i < inputs.Length; i++)
            Assert.Equal(((train.Image(7)[i] / 255.0) - means[i / 1024]) / deviations[i / 1024], inputs[i], 1e-15);
    }

    [Theory]
    [InlineData(DataFormat.Cifar10, "data_batch_3.bin")]
    [InlineData(DataFormat.Cifar100, "test.bin")]
    public void A_missing_file_is_named_with_those_that_there_must_be(DataFormat format, string missing)
    {
        Write(format, 100, _folder.Path);
        File.Delete(_folder[missing]);
        AssertInvalid(format, $"{_folder[missing]}: no such file. data.path must hold the binary version of CIFAR-10");
    }

    [Fact]
    public void A_file_that_is_cut_off_is_named()
    {
        Write(DataFormat.Cifar10, 10, _folder.Path);
        using (var file = File.OpenWrite(_folder["data_batch_2.bin"]))
            file.SetLength(file.Length - 1);
        AssertInvalid(DataFormat.Cifar10, $"{_folder["data_batch_2.bin"]}: 24583 bytes are not whole records of 3073");
    }

    [Fact]
    public void An_empty_file_is_named()
    {
        Write(DataFormat.Cifar10, 10, _folder.Path);
        File.WriteAllBytes(_folder["data_batch_3.bin"], []);
        AssertInvalid(DataFormat.Cifar10, $"{_folder["data_batch_3.bin"]}: 0 bytes are not whole records of 3073");
    }

    [Fact]
    public void A_label_beyond_the_classes_is_named_with_its_file_and_byte()
    {
        Write(DataFormat.Cifar10, 10, _folder.Path);
        using (var file = File.OpenWrite(_folder["data_batch_2.bin"]))
        {
            file.Position = 2 * 3073;
            file.WriteByte(77);
        }
        AssertInvalid(DataFormat.Cifar10, $"{_folder["data_batch_2.bin"]}: label 77 at byte 6146, but model.classes is 10; give model.classes at least 78, or mend the file");
    }

    [Fact]
    public void A_model_of_another_input_shape_is_refused()
    {
        Write(DataFormat.Cifar10, 10, _folder.Path);
        var plan = Plan(DataFormat.Cifar10, 10);
        plan = plan with { Model = plan.Model with { InputShape = [3, 28, 28] } };
        var error = Assert.Throws<InvalidDataException>(() => ClientData.Load(_folder.Path, plan, plan.Clients[0]));
        Assert.Contains("images of [3, 32, 32], but model.inputShape is [3, 28, 28]", error.Message, StringComparison.Ordinal);
    }

    private static void AssertSamples(WrittenData written, int[] own, Samples samples)
    {
        Assert.Equal(own.Length, samples.Count);
        var inputs = new double[3072];
        for (var i = 0; i < own.Length; i++)
        {
            Assert.Equal(written.Labels[own[i]], samples.Labels[i]);
            samples.Normalize([i], inputs.AsSpan());
            Assert.Equal(written.Image(own[i]).ToArray().Select(x => x / 255.0), inputs);
        }
    }

    private static int[] Own(Plan plan, PlannedClient client, WrittenData data, string split) =>
        PartitionLaw.Draw(client.Partition, plan.Seed, plan.Model.Classes, client.Shards).Shard<byte>(data.Labels, split, client.Shard);

    private static Plan Plan(DataFormat format, int classes) => Plans.Small() with
    {
        Model = new ModelSpec { Classes = classes, InputShape = s_shape },
        Clients = [.. Enumerable.Range(0, 3).Select(i => Client(format, i, 3))],
    };

    private static PlannedClient Client(DataFormat format, int shard, int shards) => new($"c{shard}", false, format, new PartitionSpec(), shard, shards, Pixels: new PixelSpec { Mean = [0], Deviation = [1] });

    private static (WrittenData Train, WrittenData Test) Write(DataFormat format, int classes, string folder)
    {
        var (train, test) = (WrittenData.Draw("train", 40, classes, s_shape), WrittenData.Draw("test", 9, classes, s_shape));
        train.WriteCifar(folder, format, DataFiles.Train(format));
        test.WriteCifar(folder, format, DataFiles.Test(format));
        return (train, test);
    }

    private void AssertInvalid(DataFormat format, string message)
    {
        var plan = Plan(format, format == DataFormat.Cifar10 ? 10 : 100);
        var error = Assert.Throws<InvalidDataException>(() => ClientData.Load(_folder.Path, plan, plan.Clients[0]));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
