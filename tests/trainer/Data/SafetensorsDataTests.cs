using System.Runtime.InteropServices;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Data;

public sealed class SafetensorsDataTests : IDisposable
{
    private static readonly int[] s_shape = [1, 12, 12];
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bytes_train_to_the_bit_as_the_same_images_in_idx_files_do()
    {
        var (train, test) = (WrittenData.Draw("train", 60, 5, s_shape), WrittenData.Draw("test", 20, 5, s_shape));
        (string Idx, string Safetensors) folders = (Directory.CreateDirectory(_folder["idx"]).FullName, Directory.CreateDirectory(_folder["safetensors"]).FullName);
        train.WriteIdx(folders.Idx, "train");
        test.WriteIdx(folders.Idx, "t10k");
        train.WriteSafetensors(folders.Safetensors, "train");
        test.WriteSafetensors(folders.Safetensors, "test");
        var partition = new PartitionSpec { Method = PartitionMethod.Dirichlet, Alpha = 0.8, FeatureShift = new FeatureShiftSpec { Contrast = 0.4, Rotation = 20, Noise = 0.1 } };
        var asIdx = new PixelSpec { Mean = [0.286], Deviation = [0.353] };

        var idx = Trained(folders.Idx, new PlannedClient("a", false, DataFormat.Idx, partition, 1, 3));
        Updates.AssertSame(idx, Trained(folders.Safetensors, new PlannedClient("a", false, DataFormat.Safetensors, partition, 1, 3, Pixels: asIdx)));
        Assert.False(Updates.Same(idx, Trained(folders.Safetensors, new PlannedClient("a", false, DataFormat.Safetensors, partition, 1, 3))));
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Numbers_are_taken_as_they_are(DType type)
    {
        // Eighths, which each type has exactly.
        var values = Enumerable.Range(0, 6 * 12).Select(i => ((i * 7 % 33) - 16) / 8.0).ToArray();
        Write("train", Tensor("x", type, values, 6, 2, 2, 3), Labels(DType.I64, 4, 3, 2, 1, 0, 4));
        Write("test", Tensor("x", type, values[..12], 1, 2, 2, 3), Labels(DType.I32, 2));

        var data = ClientData.Load(_folder.Path, Plan(2, 2, 3), Client);
        var inputs = new double[72];
        data.Train.Normalize([0, 1, 2, 3, 4, 5], inputs.AsSpan());
        Assert.Equal(values, inputs);
        Assert.Equal((ushort[])[4, 3, 2, 1, 0, 4], data.Train.Labels.ToArray());
        Assert.Equal((ushort[])[2], data.Test.Labels.ToArray());

        // A scale of the user's own, channel by channel.
        data = ClientData.Load(_folder.Path, Plan(2, 2, 3), Client with { Pixels = new PixelSpec { Mean = [0.5, -1], Deviation = [2] } });
        data.Train.Normalize([0, 1, 2, 3, 4, 5], inputs.AsSpan());
        Assert.Equal(values.Select((x, i) => (x - (i / 6 % 2 == 0 ? 0.5 : -1)) / 2), inputs);
    }

    [Fact]
    public void Other_tensors_of_the_file_and_any_order_are_no_matter()
    {
        WrittenData.WriteSafetensors(_folder.Path, "train", Tensor("a", DType.F32, [1, 2], 2), Labels(DType.U8, 1, 0), Tensor("names", DType.U8, [7], 1), Tensor("x", DType.U8, [10, 20], 2, 1, 1, 1));
        Write("test", Tensor("x", DType.U8, [30], 1, 1, 1, 1), Labels(DType.U8, 1));
        var data = ClientData.Load(_folder.Path, Plan(1, 1, 1), Client);
        var inputs = new double[2];
        data.Train.Normalize([0, 1], inputs.AsSpan());
        Assert.Equal([((10 / 255.0) - 0.5) / 0.5, ((20 / 255.0) - 0.5) / 0.5], inputs);
    }

    public static TheoryData<string, (TensorHeader, ReadOnlyMemory<byte>)[]> Broken()
    {
        var (x, y) = (Tensor("x", DType.F32, [0, 1], 2, 1, 1, 1), Labels(DType.I64, 1, 0));
        return new()
        {
            { "has no tensor y; data.format safetensors needs x (N, C, H, W)", [x] },
            { "has no tensor x", [y] },
            { "x is [2, 1], not images of (N, C, H, W)", [Tensor("x", DType.F32, [0, 1], 2, 1), y] },
            { "x is of I64", [Tensor("x", DType.I64, [0, 1], 2, 1, 1, 1), y] },
            { "y is [3] for the 2 images of x", [x, Labels(DType.I64, 1, 0, 1)] },
            { "y is [2, 1] for the 2 images of x", [x, Tensor("y", DType.I64, [0, 1], 2, 1)] },
            { "y is of F32, and classes are whole numbers", [x, Tensor("y", DType.F32, [0, 1], 2)] },
            { "label -3 at y[1], but model.classes is 5; classes count from 0", [x, Labels(DType.I64, 0, -3)] },
            { "label 70000 at y[0], but model.classes is 5; give model.classes at least 70001", [x, Labels(DType.I32, 70000, 0)] },
            { "x[1, 0, 0, 0] is NaN", [Tensor("x", DType.F32, [0, double.NaN], 2, 1, 1, 1), y] },
            { "x[0, 0, 0, 0] is infinite, or too large for float32", [Tensor("x", DType.F64, [1e300, 0], 2, 1, 1, 1), y] },
            { "images of [1, 1, 2], but model.inputShape is [1, 1, 1]", [Tensor("x", DType.U8, [0, 1, 2, 3], 2, 1, 1, 2), y] },
        };
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_no_data_set_is_refused_by_file_place_and_value(string message, (TensorHeader, ReadOnlyMemory<byte>)[] train)
    {
        Write("train", train);
        AssertInvalid($"train.safetensors: {message}");
    }

    [Fact]
    public void Files_that_are_missing_cut_off_or_of_a_type_that_is_not_read_are_refused_with_what_is_needed()
    {
        AssertInvalid("train.safetensors: no such file. data.path must hold train.safetensors and test.safetensors");
        WrittenData.Draw("train", 4, 2, 1, 1, 1).WriteSafetensors(_folder.Path, "train");
        var whole = File.ReadAllBytes(_folder["train.safetensors"]);
        File.WriteAllBytes(_folder["train.safetensors"], whole[..^1]);
        AssertInvalid("truncated, or out of range; data.format safetensors needs x");
        File.WriteAllBytes(_folder["train.safetensors"], System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(whole).Replace("\"U8\"", "\"I8\"", StringComparison.Ordinal)));
        AssertInvalid("unknown dtype 'I8'; data.format safetensors needs x (N, C, H, W) as U8");
    }

    private static List<TensorContent> Trained(string folder, PlannedClient client)
    {
        var plan = Plans.Small(Core.Api.Architecture.Mlp) with { Clients = [client] };
        plan = plan with { Training = plan.Training with { Augmentation = new AugmentationSpec { Crop = 2, Flip = true } } };
        using var trainer = new LocalTrainer(plan, "a", ClientData.Load(folder, plan, client));
        Updates.Round(trainer, Initialization.Describe(plan).Checkpoint, 1);
        return [.. trainer.TrainUpdate()];
    }

    private static PlannedClient Client => new("a", false, DataFormat.Safetensors, new PartitionSpec(), 0, 1);

    private static Plan Plan(params int[] shape) => Plans.Small() with { Model = new ModelSpec { InputShape = shape, Classes = 5 } };

    private static (TensorHeader, ReadOnlyMemory<byte>) Labels(DType type, params long[] labels) => Tensor("y", type, [.. labels.Select(label => (double)label)], labels.Length);

    private static (TensorHeader, ReadOnlyMemory<byte>) Tensor(string name, DType type, double[] values, params long[] shape)
    {
        byte[] bytes = type switch
        {
            DType.F64 => [.. MemoryMarshal.AsBytes(values.AsSpan())],
            DType.F32 => [.. MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (float)v).AsSpan())],
            DType.F16 => [.. MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (Half)v).AsSpan())],
            DType.BF16 => [.. MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits((float)v) >> 16)).AsSpan())],
            DType.I64 => [.. MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (long)v).AsSpan())],
            DType.I32 => [.. MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (int)v).AsSpan())],
            _ => Array.ConvertAll(values, v => (byte)v),
        };
        return (new TensorHeader(name, type, shape), bytes);
    }

    private void Write(string split, params (TensorHeader, ReadOnlyMemory<byte>)[] tensors) => WrittenData.WriteSafetensors(_folder.Path, split, tensors);

    private void AssertInvalid(string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => ClientData.Load(_folder.Path, Plan(1, 1, 1), Client));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
