package org.citizenwallet

import java.io.ByteArrayOutputStream
import java.awt.image.BufferedImage
import java.util.Base64
import javax.imageio.ImageIO
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ClaimValueTest {
    @Test
    fun `a portrait arrives as the bytes of its picture, and a text that only says so as text`() = waiting {
        val png = ByteArrayOutputStream().also { ImageIO.write(BufferedImage(3, 4, BufferedImage.TYPE_INT_RGB), "png", it) }
        val base64 = Base64.getEncoder().encodeToString(png.toByteArray())
        Parties.start().use { parties ->
            parties.change(
                "resident_card",
                """{"claims":{"portrait":"data:image/png;base64,$base64","disguised":"data:image/jpeg;base64,$base64"}}""",
            )
            Place(parties).use { place ->
                place.create().use { wallet ->
                    wallet.detail(wallet.kept(parties)).claims.use { claims ->
                        val picture = claims.valueOf("portrait") as ClaimValue.Picture
                        assertEquals("image/png", picture.mediaType)
                        assertArrayEquals(png.toByteArray(), picture.bytes)
                        val image = ImageIO.read(picture.bytes.inputStream())
                        assertEquals(3 to 4, image.width to image.height)
                        assertEquals(ClaimValue.Text("data:image/jpeg;base64,$base64"), claims.valueOf("disguised"))
                    }
                }
            }
        }
    }

    private fun Claims.valueOf(name: String): ClaimValue =
        value(list().indexOfFirst { it.path == listOf(PathSegment.Name(name)) }.toUInt())
}
