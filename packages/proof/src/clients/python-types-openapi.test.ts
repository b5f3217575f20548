import { documentOf } from "@homing/functions/api/openapi/document";
import { createMemoryApi } from "@homing/functions/testing/memory-api";
import { expect, it } from "vitest";
import { pythonTypesOf } from "./python-types.ts";

it("the Python client is typed as the API is; `npx vitest run --project unit openapi -u` writes its types", async () => {
  const { components } = JSON.parse(JSON.stringify(await documentOf(createMemoryApi().app)));
  await expect(pythonTypesOf(components.schemas)).toMatchFileSnapshot(
    "../../../../clients/python/src/homing/types.py",
  );
});

it("writes what Python's types can say, and refuses to guess the rest", () => {
  const types = pythonTypesOf({
    State: { type: "string", enum: ["ON", "OFF"] },
    Lamp: {
      type: "object",
      properties: {
        state: { $ref: "#/components/schemas/State", description: "Whether it burns." },
        rooms: { type: "array", items: { type: "object", properties: { floor: { type: "integer" } } } },
        labels: { anyOf: [{ type: "object", additionalProperties: { type: "string" } }, { type: "null" }] },
        other: {},
      },
      required: ["state"],
    },
    Change: { type: "object", properties: { from: { type: "number" } }, required: ["from"] },
  });
  expect(types.split("\n\n\n").slice(1)).toEqual(
    [
      'State: TypeAlias = Literal["ON", "OFF"]\n',
      "class LampRooms(TypedDict):\n    floor: NotRequired[int]\n",
      [
        "class Lamp(TypedDict):",
        "    # Whether it burns.",
        "    state: State",
        "    rooms: NotRequired[list[LampRooms]]",
        "    labels: NotRequired[dict[str, str] | None]",
        "    other: NotRequired[Any]\n",
      ].join("\n"),
      'Change = TypedDict(\n    "Change",\n    {\n        "from": float,\n    },\n)\n',
    ].map((one, at, all) => (at === all.length - 1 ? one : one.trimEnd())),
  );
  expect(() => pythonTypesOf({ Odd: { type: "tuple" } })).toThrow(/No type is known/);
});
